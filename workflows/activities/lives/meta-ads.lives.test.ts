import { liveAtRandom } from "../testing/random-lives.ts";

liveAtRandom("meta-ads");
