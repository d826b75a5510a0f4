import base from '../../web/vite.config.ts';

const version = process.env['PAGE_VERSION'] ?? '';

/** The page as it is, and one line more in its first module: so every chunk has another name, as after a change. */
export default {
  ...base,
  plugins: [
    ...(base.plugins ?? []),
    {
      name: 'version',
      transform: (code: string, id: string) =>
        id.endsWith('/src/app/main.tsx')
          ? `${code}\ndocument.documentElement.dataset.build = ${JSON.stringify(version)};`
          : undefined,
    },
  ],
};
