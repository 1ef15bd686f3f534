// The signature of a drand beacon (BLS12-381, signatures in G1, RFC 9380), for who wants to know that a draw's public number is
// the network's. Only the chain "quicknet": its message is the round alone. No DOM in here: the page, and Node in the tests, call it.
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** The chain's hash and the network's public key, as its operators publish them. */
export const QUICKNET = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  key: '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
};
const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

function message(round) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(round));
  return sha256(bytes);
}

/** "good", "forged", or "other": a beacon that this key says nothing about. */
export function checkBeacon({ chain, round, signature, randomness }) {
  if (chain !== QUICKNET.chain) return 'other';
  try {
    const bls = bls12_381.shortSignatures, point = bls.hash(message(round), DST);
    const signed = bls.verify(hexToBytes(signature), point, hexToBytes(QUICKNET.key));
    return signed && bytesToHex(sha256(hexToBytes(signature))) === randomness ? 'good' : 'forged';
  } catch {
    return 'forged'; // no point of the curve, no number
  }
}
