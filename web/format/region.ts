/** Where the browser says that its person is; 001, the world at large, where it does not. */
export const browserRegion = (): string => new Intl.Locale(navigator.language).region ?? "001";
