// `npm start [-- --fresh] [--port 8080] [--verbose]`: the service on this machine, until Ctrl-C.
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import colors from 'picocolors';
import { type DemoLaptop, openLaptop } from './laptop.ts';
import { DEMO_PEOPLE, DEMO_UNITS, type DemoPerson } from './people.ts';
import { SIGN_IN_FILE, STATE_DIR } from './sign-in-address.ts';
import { duration } from './steps.ts';

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    port: { type: 'string', default: '8080' },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_000) {
  console.error('--port takes a number from 1 to 65000; the four ports after it are used too.');
  process.exit(2);
}

/** Fixed, so that bookmarks and sign-ins outlive a restart. */
const ports = { api: port, aws: port + 1, identity: port + 2, mail: port + 3, authority: port + 4 };

const began = performance.now();
try {
  const laptop = await openLaptop({
    stateDir: STATE_DIR,
    fresh: values.fresh,
    ports,
    onStep: (step) => console.log(`${duration(performance.now() - began)}  ${step}`),
    ...(values.verbose
      ? { log: ({ source, text }) => console.log(colors.dim(`${source} ${text}`)) }
      : { log: onlyRefusals }),
  });
  await writeFile(SIGN_IN_FILE, JSON.stringify(laptop.signInAddress));
  show(laptop);
  await interrupted();
  console.log('\nStopping. The state stays; `npm start -- --fresh` begins anew.');
  await laptop.stop();
} catch (error) {
  console.error(colors.red(error instanceof Error ? error.message : String(error)));
  if ((error as { code?: string }).code === 'EADDRINUSE') console.error('Choose another: npm start -- --port 9080');
  process.exitCode = 1;
}

/** What an engineer wants to see unasked: a permission that is missing in the template. */
function onlyRefusals({ source, text }: { source: string; text: string }): void {
  if (source === 'iam') console.error(colors.yellow(text));
}

function show({ stack, authority }: DemoLaptop): void {
  const rows: [string, string][] = [
    ['API', `${stack.apiUrl}/api/health`],
    ['OpenAPI', `${stack.apiUrl}/api/openapi.json`],
    ['Mail', stack.mail?.viewerUrl ?? ''],
    ['Sign-in', stack.issuer ?? ''],
    ['Certificates', authority.url],
    ['AWS', `AWS_ENDPOINT_URL=${stack.awsUrl}`],
    ['State', relative(process.cwd(), STATE_DIR) || STATE_DIR],
  ];
  console.log(`\n${colors.bold('Ba Không')} is ready after ${duration(performance.now() - began).trim()}\n`);
  for (const [name, value] of rows) console.log(`  ${name.padEnd(14)}${value}`);
  console.log(`\n${colors.bold('Who can sign in')} (a click, no password)`);
  for (const person of Object.values<DemoPerson>(DEMO_PEOPLE))
    console.log(`  ${person.name.padEnd(22)}${post(person)}`);
  console.log('\nA token for curl: npm run --silent token -- communeClerk   (names: cli/demo/people.ts)');
  console.log('Ctrl-C stops it.');
}

function post({ place, groups }: DemoPerson): string {
  if (groups.length > 0) return colors.dim(groups.join());
  if (!place) return colors.dim('citizen');
  const unit = DEMO_UNITS.find(({ code }) => code === place.unit);
  return colors.dim(`${place.role.padEnd(8)} ${unit?.name ?? place.unit}`);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
