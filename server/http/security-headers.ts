/** The headers of quality 3.7, on every answer. Nothing inline, nothing from elsewhere; the consent window stays tied to its opener. */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  const { protocol, host } = new URL(publicUrl);
  const isHttps = protocol === "https:";
  const socket = `${isHttps ? "wss" : "ws"}://${host}`;
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ${socket}`,
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    ...(isHttps ? { "strict-transport-security": "max-age=63072000; includeSubDomains" } : {}),
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "DENY",
  };
}

/** Of the pages that a consent comes back to: no trace of the address they were reached by. */
export const CALLBACK_HEADERS = { "referrer-policy": "no-referrer", "cache-control": "no-store" } as const;
