// Files as people upload them: multipart bodies and packages built byte by byte, so that they can be wrong in one place.
import { crc32 as crcOf, deflateRawSync } from 'node:zlib';

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let v = i;
  for (let k = 0; k < 8; k++) v = v & 1 ? (v >>> 1) ^ 0xedb88320 : v >>> 1;
  return v >>> 0;
});
function crc32(bytes) {
  if (crcOf) return crcOf(bytes);
  let v = 0xffffffff;
  for (const b of bytes) v = (v >>> 8) ^ table[(v ^ b) & 255];
  return (v ^ 0xffffffff) >>> 0;
}

/** {body, type} of files [{name, bytes}] under a field. */
export function multipart(files, field = 'files') {
  const mark = '----etax7f3a';
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`),
    Buffer.from(bytes), Buffer.from('\r\n')]);
  return { body: new Uint8Array(Buffer.concat([...parts, Buffer.from(`--${mark}--\r\n`)])), type: `multipart/form-data; boundary=${mark}` };
}

/** A ZIP of [{name, bytes, stored, claim}]; claim: the unpacked size that its headers tell. */
export function zip(entries) {
  const locals = [], central = [];
  let at = 0;
  for (const { name, bytes, stored = false, claim } of entries) {
    const data = Buffer.from(bytes), packed = stored ? data : deflateRawSync(data), file = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claim ?? data.length, 18);
    fields.writeUInt16LE(file.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, file, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, rest, file]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central), end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A ZIP taken apart: [{name, bytes}]. */
export function unzip(bytes, inflate) {
  const list = [];
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  for (let at = bytes.readUInt32LE(end + 16), n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const method = bytes.readUInt16LE(at + 10), packed = bytes.readUInt32LE(at + 20), name = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42), from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(from, from + packed);
    list.push({ name: bytes.toString('utf8', at + 46, at + 46 + name), bytes: method === 8 ? inflate(data) : Buffer.from(data) });
    at += 46 + name + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return list;
}
