# syntax=docker/dockerfile:1
# thingstead in a container: see compose.yml. Build it with: docker build --tag thingstead .

FROM node:20.20-bookworm AS build
WORKDIR /build
COPY package.json package-lock.json ./
# better-sqlite3 is fetched ready-made, or compiled with what this image has; no other package runs anything.
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production \
    THINGSTEAD_DATABASE=sqlite:/var/lib/thingstead/thingstead.db \
    THINGSTEAD_HTTP=0.0.0.0:9323
RUN groupadd --system --gid 10001 thingstead \
 && useradd --system --uid 10001 --gid thingstead --no-create-home --home-dir /nonexistent thingstead \
 && install --directory --owner=thingstead --group=thingstead --mode=0700 /var/lib/thingstead
WORKDIR /opt/thingstead
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
USER 10001:10001
VOLUME /var/lib/thingstead
EXPOSE 9323
# It takes signals itself, and starts no other processes: nothing else has to be process 1.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9323/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]
