/** The references of the types that name each other, so that no module imports its importer. */
import type { DatasourceView } from "../reading/datasources.ts";
import { builder } from "./builder.ts";

export const Datasource = builder.objectRef<DatasourceView>("Datasource");
