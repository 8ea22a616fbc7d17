import { withDatabase } from "../support/database.ts";
import { seconds, ServiceProcess, type StartOptions } from "../support/service.ts";

/** Runs a test with a service process that has one company, and the Unix time of its clock. */
export async function withService(
  test: (service: ServiceProcess, at_s: number) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<void> {
  await withDatabase(async ({ url }) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: url, ...env }, options);
    await service.client.createCompany();
    await test(service, seconds(await service.client.now()));
  });
}
