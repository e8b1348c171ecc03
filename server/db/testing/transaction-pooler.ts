// For tests: what a transaction pooler does to its clients. One server connection serves all of them, and whoever asks
// next after a transaction's end gets it, with whatever the one before left on the session.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

const readyForQuery = "Z".charCodeAt(0);
const idle = "I".charCodeAt(0);
const terminate = "X".charCodeAt(0);

/** Cuts a stream of bytes into whole messages: a letter (but at the start), a length, a body. */
function messages(onMessage: (message: Buffer) => void, hasStartup: boolean): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const letter = isStartup ? 0 : 1;
      if (rest.length < letter + 4) return;
      const length = letter + rest.readUInt32BE(letter);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      isStartup = false;
      onMessage(message);
    }
  };
}

interface Client {
  socket: Socket;
  /** What it sent while another held the server. */
  waiting: Buffer[];
}

export interface Pooler {
  url: string;
  /** How often the server connection went from one client to another. */
  handovers(): number;
  close(): Promise<void>;
}

export async function openTransactionPooler(url: string): Promise<Pooler> {
  const target = new URL(url);
  const server = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
  await once(server, "connect");
  const clients: Client[] = [];
  const greeting: Buffer[] = [];
  let holder: Client | null = null;
  let isGreeted = false;
  let handovers = 0;

  const serve = (client: Client) => {
    if (holder !== client) handovers++;
    holder = client;
    for (const message of client.waiting.splice(0)) server.write(message);
  };
  const fromServer = (message: Buffer) => {
    if (!isGreeted && message[0] !== "R".charCodeAt(0)) greeting.push(message); // all that follows the sign-in
    holder?.socket.write(message);
    if (message[0] !== readyForQuery) return;
    isGreeted = true;
    if (message[5] !== idle) return;
    holder = null;
    const next = clients.find((client) => client.waiting.length > 0);
    if (next) serve(next);
  };
  server.on("data", messages(fromServer, false)).on("error", () => {});

  const welcome = (client: Client) => {
    const signedIn = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0]);
    client.socket.write(Buffer.concat([signedIn, ...greeting]));
  };
  const accept = (socket: Socket) => {
    const client: Client = { socket, waiting: [] };
    let isFirstMessage = true;
    clients.push(client);
    const fromClient = (message: Buffer) => {
      const isStartup = isFirstMessage;
      isFirstMessage = false;
      if (isStartup && isGreeted) return welcome(client);
      if (!isStartup && message[0] === terminate) return void socket.end();
      client.waiting.push(message);
      if (holder === client || holder === null) serve(client);
    };
    socket
      .setNoDelay()
      .on("data", messages(fromClient, true))
      .on("error", () => {});
  };
  const gate = createServer(accept).listen(0, "127.0.0.1");
  await once(gate, "listening");
  const at = gate.address();
  target.port = String(typeof at === "object" && at ? at.port : 0);
  return {
    url: target.href,
    handovers: () => handovers,
    async close() {
      for (const client of clients) client.socket.destroy();
      server.destroy();
      gate.close();
      await once(gate, "close");
    },
  };
}
