# The image of `sealedlog serve`: docs/docker.md says how to run it, and what of this file was checked where.

FROM node:24-bookworm-slim AS build
WORKDIR /src
# What is installed changes less often than what is built.
COPY package.json package-lock.json ./
COPY packages/sdk/package.json packages/sdk/
COPY packages/server/package.json packages/server/
# Not `npm ci`: it refuses a lock file that lacks the binaries of platforms other than the one it was written on.
RUN npm install --no-audit --no-fund --loglevel=error
COPY . .
RUN mkdir /out && npm pack --silent --workspace sealedlog --pack-destination /out

FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY --from=build /out/ ./
RUN npm init --yes --silent && npm install --omit=dev --no-audit --no-fund --loglevel=error ./sealedlog-*.tgz
RUN rm ./sealedlog-*.tgz

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="sealedlog" \
      org.opencontainers.image.description="The audit log of who did what, when, that anyone can check" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH
# From here the command line finds ./data/root.key: `docker exec <container> sealedlog list` needs no key.
WORKDIR /
COPY --from=install /app /app
RUN mkdir -m 0700 /data /marks && chown 1000:1000 /data /marks
# The image's user `node`, as a number: so that Kubernetes can see that it is not root.
USER 1000:1000
# What tells a copy of /data that is put back from the newest one: it must not lie on the same volume.
VOLUME /marks
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: they would not pass SIGTERM on.
ENTRYPOINT ["/app/node_modules/.bin/sealedlog"]
CMD ["serve", "--data", "/data", "--marks", "/marks/sealedlog.marks", "--host", "0.0.0.0", "--port", "4000"]
