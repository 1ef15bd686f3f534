// node tests/drills/kill.mjs [rounds]: the drill of tests/lib/kill.mjs; tests/lib/with_postgres before it for PostgreSQL.
import { killDrill } from '../lib/kill.mjs';

const done = await killDrill(Number(process.argv[2] || 50));
console.log(done.fsck);
console.log(`${done.rounds} kills, ${done.invoices} invoices and ${done.payments} payments acknowledged, ${done.unanswered} unanswered and sent again, fsck clean after each`);
