import { ServerResponse, type IncomingMessage } from 'node:http';

/**
 * What answers a request for another protocol in HTTP after all: Node has left its connection to whoever listens to `upgrade`.
 * The connection ends with the answer.
 */
export function answerToUpgrade(request: IncomingMessage): ServerResponse {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  return response;
}
