import type { CompanyId } from "../../src/domain/types.ts";
import type { Database, DatabaseClient } from "./database.ts";

/** Returns the stores as one process reaches them: each call is a statement on its own connection. */
export function storeOf(process: DatabaseClient, database: Database) {
  const { companies, phone_numbers, rates, quarantine } = database;
  type Kind = Parameters<Database["call"]>[1];
  const statement = <Arguments extends unknown[], T>(
    kind: Kind,
    what: string,
    work: (...given: Arguments) => Promise<T>,
  ) =>
  (...given: Arguments): Promise<T> => database.call(process, kind, what, () => work(...given));
  return {
    companies: {
      // Two statements, as on Postgres: another owner may activate the company between them.
      activate: async (company: CompanyId, at_ms: number) => {
        const what = `activates ${company}`;
        const epoch = await database.call(
          process,
          "activation",
          what,
          () => database.raiseEpoch(process, company),
        );
        if (epoch === undefined) return undefined;
        return await database.call(
          process,
          "load",
          `reads ${company}`,
          () => companies.readActivation(company, epoch, at_ms),
        );
      },
      load: statement("load", "loads", companies.load.bind(companies)),
      dueCompanies: statement("read", "reads due companies", companies.dueCompanies.bind(companies)),
      create: statement("write", "creates a company", database.createCompany.bind(database)),
      identifiersOf: statement("read", "reads identifiers", companies.identifiersOf.bind(companies)),
    },
    phone_numbers: {
      claim: statement("write", "claims numbers", phone_numbers.claim.bind(phone_numbers)),
      release: statement("write", "releases numbers", phone_numbers.release.bind(phone_numbers)),
      claimsSince: statement("read", "reads numbers", phone_numbers.claimsSince.bind(phone_numbers)),
      claimsOf: statement("read", "looks up owners of numbers", phone_numbers.claimsOf.bind(phone_numbers)),
    },
    rates: {
      history: statement("read", "reads the rate card", rates.history.bind(rates)),
      names: statement("read", "reads feature names", rates.names.bind(rates)),
      append: statement("write", "appends a price", database.appendRate.bind(database)),
      rename: statement("write", "renames a feature", rates.rename.bind(rates)),
      timeZones: statement("read", "reads time zones", rates.timeZones.bind(rates)),
      latestBegun: statement("read", "reads the latest date", rates.latestBegun.bind(rates)),
      latestOutbound: statement("read", "reads the latest outbound window", rates.latestOutbound.bind(rates)),
    },
    quarantine: {
      add: statement("write", "quarantines events", quarantine.add.bind(quarantine)),
      erase: statement("write", "erases quarantined events", quarantine.erase.bind(quarantine)),
      get: statement("read", "reads a quarantined event", quarantine.get.bind(quarantine)),
      markReplayed: statement("write", "marks an event replayed", quarantine.markReplayed.bind(quarantine)),
      markReplayFailed: statement(
        "write",
        "marks a replay failed",
        quarantine.markReplayFailed.bind(quarantine),
      ),
      waitingFor: statement("read", "reads events of a number", quarantine.waitingFor.bind(quarantine)),
      claimedNumbers: statement("read", "reads claimed numbers", quarantine.claimedNumbers.bind(quarantine)),
      waitingForTheirTime: statement(
        "read",
        "reads events whose time has come",
        quarantine.waitingForTheirTime.bind(quarantine),
      ),
      list: statement("read", "lists quarantined events", quarantine.list.bind(quarantine)),
    },
  };
}
