import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endAnswer } from './end-answer.ts';

let server: Server;
afterEach(() => server.close());

describe('an answer that comes before the request was read', () => {
  it('reaches a client that goes on sending', async () => {
    server = createServer((_request, response) => {
      const body = '{"refused":true}';
      response.writeHead(400, { 'content-length': body.length });
      endAnswer(response, body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const heard = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\nconnection: close\r\n\r\n');
      socket.write(Buffer.alloc(5_000_000, 97));
    });
    expect(heard).toContain('{"refused":true}');
  });
});
