// The floor: what HTTP and JSON cost in Node by themselves. It parses the body and sends it back; where there is none, it
// sends the last one.
import { createServer } from 'node:http';

let last = '{}';

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  if (text !== '') last = JSON.stringify({ ...JSON.parse(text), id: 'echo' });
  response.writeHead(request.method === 'POST' ? 201 : 200, {
    'Content-Type': 'application/scim+json',
    'Content-Length': Buffer.byteLength(last),
  });
  response.end(last);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
