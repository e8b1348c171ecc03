/// <reference types="vite/client" />

declare const __GALLERY__: boolean;

declare module "*.po" {
  export const messages: import("@lingui/core").Messages;
}
