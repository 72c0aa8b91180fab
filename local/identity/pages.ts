import { createHash } from 'node:crypto';
import type { DemoAccount } from './account.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1c1b1a;--soft:#6a6560;--paper:#f6f3ee;--card:#fff;--line:#e3ddd3;--mark:#a3172a}
@media(prefers-color-scheme:dark){:root{--ink:#f2efea;--soft:#aaa39b;--paper:#171615;--card:#211f1d;--line:#3a3633;--mark:#ff8f98}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:34rem;margin:0 auto;padding:3rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:.95rem;font-weight:600;color:var(--soft);margin:1.75rem 0 .5rem}
p{margin:0 0 1rem;color:var(--soft)}
ul{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
li+li{border-top:1px solid var(--line)}
button{all:unset;box-sizing:border-box;display:block;width:100%;padding:.8rem 1rem;cursor:pointer}
button:hover{background:color-mix(in srgb,var(--mark) 8%,transparent)}
button:focus-visible{outline:3px solid var(--mark);outline-offset:-3px;border-radius:.6rem}
b{display:block;font-weight:600}
small{color:var(--soft);font-size:.9rem}
.only{background:var(--mark);color:var(--paper);border-radius:.6rem;text-align:center;width:auto;padding:.7rem 1.5rem}
.only:hover{background:var(--mark);filter:brightness(1.1)}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing but the page's own style; no scripts, no frames. A form ends at the client's address, so it is not bound. */
export function pageHeaders(): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** Lets a person choose which of the accounts to be. The form posts `account=<sub>` to `action`. */
export function signInPage(action: string, accounts: readonly DemoAccount[]): string {
  const sections = Map.groupBy(accounts, ({ section }) => section ?? '');
  const lists = [...sections].map(([section, members]) => {
    const heading = section === '' ? '' : `<h2>${escapeHtml(section)}</h2>`;
    return `${heading}<ul>${members.map(choice).join('')}</ul>`;
  });
  return page(
    'Đăng nhập',
    `<h1>Đăng nhập</h1>
<p>Bản chạy thử trên máy này: chọn một người để vào vai, không cần mật khẩu.</p>
<form method="post" action="${escapeHtml(action)}">${lists.join('\n')}</form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`);
}

/** `form` is the provider's own, with the id `op.logoutForm`. */
export function signOutPage(form: string): string {
  return page(
    'Đăng xuất',
    `<h1>Đăng xuất?</h1>${form}<button class="only" form="op.logoutForm" name="logout" value="yes">Đăng xuất</button>`,
  );
}

function choice({ sub, name, description }: DemoAccount): string {
  const note = description === undefined ? '' : `<small>${escapeHtml(description)}</small>`;
  return `<li><button name="account" value="${escapeHtml(sub)}"><b>${escapeHtml(name)}</b>${note}</button></li>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
