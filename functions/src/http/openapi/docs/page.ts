/** The page on which the API is read and tried: Swagger UI and a few lines of our own, without any inline script or style. */
export function docsPage(options: { swaggerVersion: string; identity: string | null }): string {
  const { swaggerVersion, identity } = options;
  const guest = '<button id="guest" type="button">Sign in as a guest</button>';
  return `<!doctype html>
<html lang="en"${identity === null ? '' : ` data-identity="${identity}"`}>
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>Longrun API</title>
    <link rel="icon" href="/icon.svg" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css?v=${swaggerVersion}" />
    <link rel="stylesheet" href="/api/docs/page.css" />
    <script src="/api/docs/swagger-ui-bundle.js?v=${swaggerVersion}" defer></script>
    <script src="/api/docs/page.js" defer></script>
  </head>
  <body>
    <header>
      <a href="/">Longrun</a>
      <span>API</span>
      <output id="who" aria-live="polite"></output>
      ${identity === null ? '' : guest}
    </header>
    <main id="ui"></main>
    <noscript>This page needs JavaScript. The document itself is at /api/openapi.json.</noscript>
  </body>
</html>
`;
}

/** Swagger UI follows a class, not the system's setting. */
export const PAGE_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', paint);
paint();

const ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});

const { identity } = document.documentElement.dataset;
document.querySelector('#guest')?.addEventListener('click', async ({ currentTarget: button }) => {
  const who = document.querySelector('#who');
  button.disabled = true;
  try {
    const answer = await fetch(identity + '/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"returnSecureToken":true}',
    });
    if (!answer.ok) throw new Error('status ' + answer.status);
    const { idToken, localId } = await answer.json();
    ui.preauthorizeApiKey('idToken', idToken);
    who.textContent = 'Signed in as guest ' + localId.slice(0, 8);
  } catch (error) {
    who.textContent = 'Signing in failed: ' + error.message;
    button.disabled = false;
  }
});
`;

export const PAGE_STYLE = `:root {
  color-scheme: light dark;
}
body {
  margin: 0;
  background: light-dark(#fbfaf8, #141413);
  color: light-dark(#1d1c1a, #edebe6);
  font: 15px/24px system-ui, 'Segoe UI', Roboto, sans-serif;
}
body > header {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 16px;
  align-items: center;
  max-width: 1460px;
  margin: 0 auto;
  padding: 12px 20px;
}
body > header a {
  color: inherit;
}
body > header a:first-child {
  font-weight: 650;
  text-decoration: none;
}
body > header output {
  flex: 1;
  text-align: end;
}
body > header button {
  padding: 4px 12px;
  border: 1px solid light-dark(#d6d2ca, #43413e);
  border-radius: 8px;
  background: light-dark(#fff, #1b1b1a);
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.swagger-ui .info {
  margin: 16px 0;
}
html.dark-mode body {
  background: #141413;
}
html.dark-mode .swagger-ui,
html.dark-mode .swagger-ui .scheme-container {
  background: none;
}
`;
