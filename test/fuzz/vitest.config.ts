import { defineConfig } from 'vitest/config';

/** For `npm run fuzz`: what runs by hand alone, for as long as one likes. */
export default defineConfig({
  test: {
    include: ['test/fuzz/by-hand.fuzz.ts'],
    setupFiles: ['test/schemas/setup.ts'],
    testTimeout: 24 * 60 * 60 * 1000,
    disableConsoleIntercept: true,
  },
});
