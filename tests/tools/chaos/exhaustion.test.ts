import { FAULTS_BY_KIND } from "../../../tools/chaos/faults.ts";
import { testFaults } from "./one_round.ts";

await testFaults(FAULTS_BY_KIND.exhaustion);
