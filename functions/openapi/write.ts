// Writes docs/api/openapi.json: `node functions/openapi/write.ts`.
import { readFile, writeFile } from 'node:fs/promises';
import { allRoutes } from './all-routes.ts';
import { openApiDocument } from './document.ts';

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const document = openApiDocument(await allRoutes(), version);
await writeFile(new URL('../../docs/api/openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
