// Raw HTTP requests for load_bench: a file of them, each ended by NUL. '@' twelve times stands for a number that counts.
import { writeFileSync } from 'node:fs';

export const COUNTED = '@'.repeat(12);

/** One request as it goes over the wire. */
export function raw(method, path, { headers = {}, body } = {}) {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return lines.join('\r\n') + '\r\n\r\n' + (body ?? '');
}

export function requestFile(path, requests) {
  writeFileSync(path, requests.map((r) => r + '\0').join(''));
  return path;
}
