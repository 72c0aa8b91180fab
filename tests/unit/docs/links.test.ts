import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const files = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);

/** Without what is shown as code, where brackets mean something else. */
function prose(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1/gmu, '')
    .replace(/`[^`\n]*`/gu, (code) => code.replace(/[[\]()]/gu, ' '));
}

/** Names of the headings as GitHub makes them; one that stands again gets a number. */
function anchors(path: string): Set<string> {
  const seen = new Map<string, number>();
  const names = [...prose(path).matchAll(/^#{1,6} +(.+)$/gmu)].map(([, heading = '']) => {
    const name = heading
      .trim()
      .toLowerCase()
      .replace(/\]\([^)]*\)/gu, '')
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
      .replace(/\s/gu, '-');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
  return new Set(names);
}

function broken(file: string): string[] {
  const path = join(ROOT, file);
  const links = [...prose(path).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/gu)].map(([, to = '']) => to);
  return links
    .filter((to) => !/^[a-z][a-z+.-]*:/iu.test(to))
    .filter((to) => {
      const [name = '', anchor] = decodeURI(to).split('#');
      const target = name === '' ? path : resolve(dirname(path), name);
      if (!target.startsWith(`${ROOT}/`) || !existsSync(target)) return true;
      return anchor !== undefined && statSync(target).isFile() && !anchors(target).has(anchor);
    })
    .map((to) => `${file}: ${to}`);
}

test('every link from one page to another leads somewhere', () => {
  expect(files).toContain('README.md');
  expect(files.flatMap(broken)).toEqual([]);
});
