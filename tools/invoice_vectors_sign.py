"""Signatures for the published vectors, after the standards and without the code that is checked by them: SM3 (GB/T 32905), SM2 (GB/T 32918),
Ed25519 (RFC 8032). The private keys are known to everybody and sign vectors only; nonces are hashes, so that each run writes the same file."""
import base64
import hashlib

M = 0xffffffff
SECRET = b'etax-invoice/1 vectors: this key is public'


def rol(v, n):
    n %= 32
    return (v << n | v >> (32 - n)) & M if n else v


def sm3(data):
    v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]
    data += b'\x80' + b'\0' * ((55 - len(data)) % 64) + (len(data) * 8).to_bytes(8, 'big')
    for at in range(0, len(data), 64):
        w = [int.from_bytes(data[at + 4 * i:at + 4 * i + 4], 'big') for i in range(16)]
        for i in range(16, 68):
            x = w[i - 16] ^ w[i - 9] ^ rol(w[i - 3], 15)
            w.append(x ^ rol(x, 15) ^ rol(x, 23) ^ rol(w[i - 13], 7) ^ w[i - 6])
        a, b, c, d, e, f, g, h = v
        for i in range(64):
            s1 = rol((rol(a, 12) + e + rol(0x79cc4519 if i < 16 else 0x7a879d8a, i)) & M, 7)
            s2 = s1 ^ rol(a, 12)
            ff = a ^ b ^ c if i < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if i < 16 else e & f | ~e & M & g
            t1, t2 = (ff + d + s2 + (w[i] ^ w[i + 4])) & M, (gg + h + s1 + w[i]) & M
            a, b, c, d, e, f, g, h = t1, a, rol(b, 9), c, t2 ^ rol(t2, 9) ^ rol(t2, 17), e, rol(f, 19), g
        v = [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]
    return b''.join(x.to_bytes(4, 'big') for x in v)


# --- SM2: y² = x³ - 3x + b ---
P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff
B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93
N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123
G = (0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7, 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0)


def sm2_add(p, q):
    if p is None or q is None:
        return q or p
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    m = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (m * m - p[0] - q[0]) % P
    return x, (m * (p[0] - x) - p[1]) % P


def times(add, k, p, zero=None):
    out = zero
    while k:
        if k & 1:
            out = add(out, p)
        p = add(p, p)
        k >>= 1
    return out


wide = lambda n: n.to_bytes(32, 'big')
SM2_KEY = int.from_bytes(sm3(SECRET), 'big') % (N - 2) + 1
SM2_POINT = times(sm2_add, SM2_KEY, G)


def sm2_sign(message):
    name = b'1234567812345678'
    z = sm3((len(name) * 8).to_bytes(2, 'big') + name + wide(P - 3) + wide(B) + wide(G[0]) + wide(G[1]) + wide(SM2_POINT[0]) + wide(SM2_POINT[1]))
    e = int.from_bytes(sm3(z + message), 'big')
    k = int.from_bytes(sm3(SECRET + message), 'big') % (N - 1) + 1
    r = (e + times(sm2_add, k, G)[0]) % N
    s = pow(1 + SM2_KEY, -1, N) * (k - r * SM2_KEY) % N
    whole = lambda v: b'\x02' + bytes([len(b)]) + b if (b := v.to_bytes(v.bit_length() // 8 + 1, 'big')) else b''
    return b'\x30' + bytes([len(whole(r) + whole(s))]) + whole(r) + whole(s)


# --- Ed25519 ---
Q = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q


def ed_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % Q, (p[1] + p[0]) * (q[1] + q[0]) % Q
    c, d = 2 * p[3] * q[3] * D % Q, 2 * p[2] * q[2] % Q
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % Q, g * h % Q, f * g % Q, e * h % Q


def ed_pack(p):
    z = pow(p[2], -1, Q)
    return (p[1] * z % Q | (p[0] * z % Q & 1) << 255).to_bytes(32, 'little')


Y = 4 * pow(5, -1, Q) % Q
X2 = (Y * Y - 1) * pow(D * Y * Y + 1, -1, Q) % Q
X = pow(X2, (Q + 3) // 8, Q)
X = X if X * X % Q == X2 else X * pow(2, (Q - 1) // 4, Q) % Q
X = Q - X if X & 1 else X
ED_BASE = (X, Y, 1, X * Y % Q)
ED_ZERO = (0, 1, 1, 0)
SEED = hashlib.sha512(hashlib.sha256(SECRET).digest()).digest()
ED_KEY = int.from_bytes(SEED[:32], 'little') & (2 ** 254 - 8) | 2 ** 254
ED_POINT = ed_pack(times(ed_add, ED_KEY, ED_BASE, ED_ZERO))


def ed25519_sign(message):
    number = lambda b: int.from_bytes(hashlib.sha512(b).digest(), 'little') % L
    r = number(SEED[32:] + message)
    point = ed_pack(times(ed_add, r, ED_BASE, ED_ZERO))
    return point + ((r + number(point + ED_POINT + message) * ED_KEY) % L).to_bytes(32, 'little')


def proof(core_bytes, number, hashes=None):
    """{suite: {hash, key, signature}}; hashes: others than those of the core."""
    text = lambda b: base64.b64encode(b).decode()
    hashes = hashes or {'sm2-sm3': sm3(core_bytes).hex(), 'ed25519-sha256': hashlib.sha256(core_bytes).hexdigest()}
    said = {suite: f'etax-invoice-core/1\n{suite}\n{number}\n{h}\n'.encode() for suite, h in hashes.items()}
    return {'ed25519-sha256': {'hash': hashes['ed25519-sha256'], 'key': text(ED_POINT), 'signature': text(ed25519_sign(said['ed25519-sha256']))},
            'sm2-sm3': {'hash': hashes['sm2-sm3'], 'key': text(b'\x04' + wide(SM2_POINT[0]) + wide(SM2_POINT[1])), 'signature': text(sm2_sign(said['sm2-sm3']))}}
