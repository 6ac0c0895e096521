// The reference: a bare echo with Node and `ws`, as somebody would write it who wants it fast.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.env.LOADTEST_PORT ?? 0),
  backlog: 4096,
  perMessageDeflate: false,
  maxPayload: 64 * 1024,
});

server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("error", () => socket.terminate());
});
server.on("listening", () => console.log(JSON.stringify({ port: server.address().port })));
process.on("SIGTERM", () => process.exit(0));
