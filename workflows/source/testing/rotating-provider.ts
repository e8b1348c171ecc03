/** A source whose refresh tokens work once: used again, the whole family is revoked, as the strictest of them do. */
import { createServer } from "node:http";

export interface RotatingProvider {
  origin: string;
  refreshes: number;
  reuses: number;
  calls: number;
  /** The access token of the newest pair stops working, as its hour ends. */
  expireAccess(): void;
  /** The next refresh happens, but its answer is lost on the way. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

/** The first is what a test begins with; later ones are as long as real ones. */
const accessOf = (pair: number): string => (pair === 1 ? "access-1" : `access-token-of-pair-${pair}`);

export async function startRotatingProvider(options: { oldSurvives?: boolean } = {}): Promise<RotatingProvider> {
  let pair = 1;
  let accessWorks = true;
  let isRevoked = false;
  let losesNext = false;
  const provider = { refreshes: 0, reuses: 0, calls: 0 };
  const answer = (path: string, token: string): { status: number; body: object } | null => {
    if (path === "/token") {
      const isNewest = token === `refresh-${pair}`;
      // Shopify: the old pair may be asked again until the new one has been used.
      const isForgiven = options.oldSurvives === true && token === `refresh-${pair - 1}`;
      if (!isNewest) provider.reuses += 1;
      if (isRevoked || (!isNewest && !isForgiven)) {
        isRevoked = true;
        return { status: 401, body: { error: "invalid_grant" } };
      }
      provider.refreshes += 1;
      pair += 1;
      accessWorks = true;
      if (losesNext) {
        losesNext = false;
        return null;
      }
      return { status: 200, body: { access: accessOf(pair), refresh: `refresh-${pair}` } };
    }
    provider.calls += 1;
    return { status: !isRevoked && accessWorks && token === accessOf(pair) ? 200 : 401, body: {} };
  };
  // A process that stands still closes nothing that another one has just asked on.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const reply = answer(request.url ?? "/", (request.headers.authorization ?? "").replace("Bearer ", ""));
    if (reply === null) request.socket.destroy();
    else response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return Object.assign(provider, {
    origin: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    expireAccess: () => {
      accessWorks = false;
    },
    loseNextAnswer: () => {
      losesNext = true;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
