// `npm run --silent token -- communeClerk`: an ID token of one of the demo people, for curl, while `npm start` runs.
import { readFile } from 'node:fs/promises';
import { signIn } from '../../local/identity/sign-in.ts';
import { DEMO_PEOPLE, type DemoPerson } from './people.ts';
import { SIGN_IN_FILE, type SignInAddress } from './sign-in-address.ts';

const people: Readonly<Record<string, DemoPerson>> = DEMO_PEOPLE;
const name = process.argv[2] ?? '';
const person = Object.hasOwn(people, name) ? people[name] : undefined;

if (!person) {
  console.error(`Say who: ${Object.keys(people).join(', ')}.`);
  process.exitCode = 2;
} else {
  try {
    const address = JSON.parse(await readFile(SIGN_IN_FILE, 'utf8')) as SignInAddress;
    const { idToken } = await signIn({ ...address, account: person.sub });
    console.log(idToken);
  } catch (error) {
    console.error(`Nobody can sign in; does \`npm start\` run? ${error instanceof Error ? error.message : ''}`);
    process.exitCode = 1;
  }
}
