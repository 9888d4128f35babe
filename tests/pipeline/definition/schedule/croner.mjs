// Answers cron questions with croner: a line `FROM COUNT ZONE EXPRESSION` in, a line of COUNT instants
// out, all in seconds since 1970.
//
//     node croner.mjs FOLDER_OF_NODE_MODULES < questions
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Cron } = createRequire(process.argv[2] + '/')('croner');
const answers = [];
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
    const [from, count, timezone, ...fields] = line.split(' ');
    const options = { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true };
    const job = new Cron(fields.join(' '), options);
    const instants = job.nextRuns(Number(count), new Date(Number(from) * 1000));
    answers.push(instants.map((instant) => instant.getTime() / 1000).join(' '));
}
process.stdout.write(answers.join('\n') + '\n');
