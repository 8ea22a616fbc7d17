import { CITUS_URL } from "../../../tools/chaos/citus_faults.ts";
import { FAULTS_BY_KIND } from "../../../tools/chaos/faults.ts";
import { testFaults } from "./one_round.ts";

// In CI too there is no Citus.
if (CITUS_URL !== undefined) await testFaults(FAULTS_BY_KIND.citus);
