import { graphql, type ResultOf } from "../../graphql.ts";

/** With what tells it apart from another of the same name. */
export const NamedFragment = graphql(`
  fragment Named on Datasource {
    id
    name
    platform {
      id
      title
    }
    account {
      externalId
      name
      domain
    }
  }
`);

/** Of the old one: when the new one took its place, and how far it was read. */
export const SwitchedFragment = graphql(
  `
    fragment Switched on Datasource {
      ...Named
      replacedAt
      completeThrough
      disconnectedAt
    }
  `,
  [NamedFragment],
);

export const ReplacedQuery = graphql(
  `
    query ReplacedDatasource($id: ID!) {
      datasource(id: $id) {
        id
        countsFrom
        dependents {
          kind
          name
        }
        replaces {
          ...Switched
          dependents {
            kind
            name
          }
        }
      }
    }
  `,
  [SwitchedFragment],
);

export const LastReadingQuery = graphql(`
  query LastReading($id: ID!) {
    datasource(id: $id) {
      id
      readsToSwitch
    }
  }
`);

export type Named = ResultOf<typeof NamedFragment>;

export type Switched = ResultOf<typeof SwitchedFragment>;

export type ReplacedBy = NonNullable<ResultOf<typeof ReplacedQuery>["datasource"]>;
