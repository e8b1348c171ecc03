/** Pages of the app that a mail, or a way back from a source, leads to; `web/routes.ts` reads them. */
export const datasourcesPage = (slug: string): string => `/${slug}/settings/integrations/datasources`;

export const accessReviewPage = (slug: string): string => `/${slug}/settings/integrations/access-review`;

/** By the id that the API gives it. */
export const datasourcePage = (slug: string, id: string): string =>
  `${datasourcesPage(slug)}/${Buffer.from(`Datasource:${id}`).toString("base64url")}`;
