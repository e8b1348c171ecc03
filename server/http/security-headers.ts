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

/** Of a page whose address tells something: it leaves no trace of it. */
export const UNTRACED_HEADERS = { "referrer-policy": "no-referrer", "cache-control": "no-store" } as const;

/** Of all that a consent comes back to: in the window that our own page opened it must still be that window, to close itself. */
export const CALLBACK_HEADERS = { ...UNTRACED_HEADERS, "cross-origin-opener-policy": "unsafe-none" } as const;
