// A witness process of its own: `etaxd witness` on a free port, told the log's keys. For tests and the demo.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { etaxd, freePort } from './server.mjs';

export class Witness {
  /** log: text of /log/key */
  static async start(name, log) {
    const w = new Witness();
    w.name = name;
    w.data = mkdtempSync(path.join(tmpdir(), 'etax-witness-'));
    writeFileSync(path.join(w.data, 'log.key'), log);
    w.port = await freePort();
    await w.launch();
    return w;
  }

  launch() {
    this.process = spawn(etaxd, ['witness', '--data', this.data, '--log', path.join(this.data, 'log.key'), '--name', this.name, '--listen', `127.0.0.1:${this.port}`],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    return new Promise((resolve, reject) => {
      let text = '';
      const hear = (chunk) => {
        text += chunk;
        const m = text.match(/witness (\S+)\nlistening on (http:\S+)/);
        if (!m) return;
        [, this.key, this.url] = m;
        resolve();
      };
      this.process.stdout.on('data', hear);
      this.process.stderr.on('data', hear);
      this.exited.then((code) => reject(new Error(`witness ended with ${code}:\n${text}`)));
    });
  }

  /** A line of the file for `etaxd serve --witnesses`. */
  get line() { return `${this.url} ${this.key}\n`; }

  post(body) {
    return fetch(`${this.url}/add-checkpoint`, { method: 'POST', body });
  }

  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    return this.exited;
  }

  async close() {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
