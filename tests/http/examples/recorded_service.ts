import { type App, createApp } from "../../../src/http/app.ts";
import { TestService } from "../test_service.ts";

/** A service whose answers are recorded. They are not held against the document, which is made of them. */
export class RecordedService extends TestService {
  #unchecked: App | undefined;

  override get app(): App {
    return this.#unchecked ??= createApp(this.options);
  }
}
