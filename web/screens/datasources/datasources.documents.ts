import { graphql, type ResultOf } from "../../graphql.ts";
import { ReasonFragment } from "../../live/live.documents.ts";

export const CatalogPlatformFragment = graphql(
  `
    fragment CatalogPlatform on Platform {
      id
      name
      title
      category
      method
      availability
      isConnectable
      isWished
      notConnectableReason {
        ...ReasonParts
      }
      takesSlot
      summary
      searchTerms
      powers
      needs {
        id
        title
      }
      excludes {
        id
        title
      }
      datasources {
        id
      }
    }
  `,
  [ReasonFragment],
);

export const CatalogQuery = graphql(
  `
    query Catalog {
      catalog {
        ...CatalogPlatform
      }
    }
  `,
  [CatalogPlatformFragment],
);

export type CatalogPlatform = ResultOf<typeof CatalogPlatformFragment>;
export type Category = CatalogPlatform["category"];
