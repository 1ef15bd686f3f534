// An API client as a third-party program would write it: bearer token, idempotency keys, JSON, problems.
import { randomUUID } from 'node:crypto';
import { observe } from './answers.mjs';

/** The sandbox parties (requirements, §2): check digits are valid, password is `sandbox`. */
export const parties = {
  T1: '91330100MA2H000142', T2: '92330106MA2H00022G', T3: '91330200MA2H00030W', T4: '91310101MA1F000453',
  T5: '91330100MA2H00057F', T6: '91330110MA2H00065R',
  P1: '330106199003070014', P2: '330106198511120028', O1: '33010619800101003X',
  L1: '330106197905060051', L2: '330106198506070062',
};

export class Client {
  constructor(url, { token = null, actingFor = null, language = 'zh' } = {}) {
    Object.assign(this, { url, token, actingFor, language });
  }

  static async signIn(url, account, password = 'sandbox') {
    const c = new Client(url);
    const r = await c.post('/v1/sessions', { account: parties[account] || account, password }, { key: null });
    if (r.status !== 201) throw new Error(`sign-in as ${account}: ${r.status} ${r.text}`);
    c.token = r.body.token;
    return c;
  }

  /** The same session acting for another taxpayer. */
  as(taxId) {
    return new Client(this.url, { ...this, actingFor: parties[taxId] || taxId });
  }

  /** key: undefined makes a fresh Idempotency-Key for writes, null sends none. */
  async call(method, path, body, { key, headers = {}, type, raw = false, signal } = {}) {
    const h = { accept: 'application/json', 'accept-language': this.language, ...headers };
    if (this.token) h.authorization = `Bearer ${this.token}`;
    if (this.actingFor) h['etax-acting-for'] = this.actingFor;
    if (method !== 'GET' && method !== 'HEAD' && key !== null) h['idempotency-key'] = key || randomUUID();
    let payload;
    if (body !== undefined) {
      payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      h['content-type'] = type || 'application/json';
    }
    const response = await fetch(this.url + path, { method, headers: h, body: payload, redirect: 'manual', signal });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = raw ? '' : bytes.toString('utf8');
    let json = null;
    if (/json/.test(response.headers.get('content-type') || '')) try { json = JSON.parse(text); } catch { /* JSON lines */ }
    await observe(this.url, method, path, response, json);
    return { status: response.status, headers: response.headers, body: json, text, bytes };
  }

  get(path, options) { return this.call('GET', path, undefined, options); }
  post(path, body = {}, options) { return this.call('POST', path, body, options); }
  put(path, body = {}, options) { return this.call('PUT', path, body, options); }
  patch(path, body = {}, options) { return this.call('PATCH', path, body, options); }
  delete(path, options) { return this.call('DELETE', path, undefined, options); }
}

/** Asks again until the answer satisfies, at most `ms`. */
export async function eventually(ask, satisfies, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms; last answer: ${answer?.text ?? JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
