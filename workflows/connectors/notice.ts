/** A code that locales word (`notice.<code>`), with the values its sentence needs. */
export type Notice = { readonly code: string; readonly values?: { readonly [name: string]: string | number } };
