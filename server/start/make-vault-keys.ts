// Prints a fresh pair of vault keys as JSON, for the starter to put into the user's config folder.
import { makeVaultKeys } from "@headwater/db/vault/vault.ts";

process.stdout.write(JSON.stringify(makeVaultKeys()));
