// A connection that owes an answer and has been silent for so long is ended, so that the query fails and is begun anew on
// another. A network that swallows packets tells nobody; the kernel's own keepalive notices after some twelve minutes.
import type { Socket } from "node:net";

const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** Each answer ends with this message and one letter for the state of the transaction. */
const isEndOfAnswer = (bytes: Buffer): boolean => bytes.subarray(-6, -1).equals(READY_FOR_QUERY);

export function endWhenSilent(socket: Socket, silenceMs: number): void {
  let answered = 0;
  socket.on("data", (bytes: Buffer) => {
    if (isEndOfAnswer(bytes)) answered = socket.bytesWritten;
  });
  // The socket's own clock starts again with every byte that comes or goes.
  socket.setTimeout(silenceMs, () => {
    // To the driver it is a connection that closed: what was asked on it fails as such, and may be asked again.
    if (socket.bytesWritten > answered) socket.destroy();
  });
}
