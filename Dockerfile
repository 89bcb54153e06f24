# Two images from one file: `operator` (the system) and `sandbox` (what runs inside gVisor).
# The build context is put together by `make images`: it brings the wheels, so that nothing here asks a registry.
# BASE is any Debian; where no image registry answers, `make images` makes one from Debian packages.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS python
RUN [ -x /usr/bin/python3 ] \
 || (apt-get update && apt-get install --yes --no-install-recommends python3 libstdc++6 ca-certificates tzdata media-types)

# The interpreter, its standard library and the C libraries they load; no shell, no package manager, nothing else.
# unchecked-hash: byte code that is never compared with its source, so that an import reads one file.
FROM python AS root
RUN set -eu; mkdir -p /rootfs/usr/bin /rootfs/usr/lib /rootfs/usr/lib64 /rootfs/etc /rootfs/tmp; chmod 1777 /rootfs/tmp; \
    for directory in bin lib lib64; do ln -s "usr/$directory" "/rootfs/$directory"; done; \
    cp -a /usr/bin/python3 /usr/bin/python3.[0-9]* /rootfs/usr/bin/; \
    cp -a --parents /usr/lib/python3.[0-9]* /usr/share/zoneinfo /etc/mime.types /rootfs/; \
    find /usr/bin/python3.[0-9]* /usr/lib/python3.[0-9]*/lib-dynload -type f -exec ldd {} + 2>/dev/null \
      | grep -o '/[^ ]* (0x' | cut -d ' ' -f 1 | sort -u \
      | while read -r file; do mkdir -p "/rootfs$(dirname "$file")"; cp -L "$file" "/rootfs$file"; done; \
    cd /rootfs/usr/lib/python3.[0-9]*; \
    rm -rf sitecustomize.py config-* ensurepip idlelib lib2to3 pydoc_data test tkinter turtledemo; \
    find . -name __pycache__ -prune -exec rm -rf {} +; \
    PYTHONHASHSEED=0 python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /rootfs /rootfs/usr/lib; \
    printf 'root:x:0:0::/:/\nharness:x:65531:65531::/tmp:/\nnonroot:x:65532:65532::/tmp:/\n' > /rootfs/etc/passwd; \
    printf 'root:x:0:\nharness:x:65531:\nnonroot:x:65532:\n' > /rootfs/etc/group

# Hypothesis draws the calls that the harness makes. It lies on no path, and only the harness's user may read it:
# a tool's process has the standard library and nothing else. `data`: Unicode's tables, which it would work out anew.
FROM root AS harness
COPY wheels /wheels
COPY requirements.lock /wheels/
RUN set -eu; mkdir /harness; ln -s /wheels/pip-*.whl /wheels/pip.whl; \
    python3 /wheels/pip.whl/pip install --quiet --no-index --no-deps --no-compile --find-links /wheels \
      --require-hashes -r /wheels/requirements.lock --root-user-action ignore --target /harness/cupel-harness; \
    cd /harness/cupel-harness; rm -rf bin hypothesis/extra; \
    HYPOTHESIS_STORAGE_DIRECTORY="$PWD/data" PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1 \
      python3 -c 'from hypothesis.internal.charmap import charmap; charmap()'; \
    PYTHONHASHSEED=0 python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /harness -p /usr/lib .; \
    find . -name '*.so' -type f -exec ldd {} + | grep -o '=> \(/usr\)\?/lib/[^ ]*' | cut -c 4- | sort -u \
      | while read -r file; do mkdir -p "/rootfs$(dirname "$file")"; cp -L "$file" "/rootfs$file"; done; \
    chmod -R u=rX,go= /harness/cupel-harness

FROM harness AS sandbox-root
COPY sandbox/cupel_sandbox /rootfs/usr/lib/python3/dist-packages/cupel_sandbox
RUN find /rootfs/usr/lib/python3 -name __pycache__ -prune -exec rm -rf {} + ; chmod -R a+rX,go-w /rootfs/usr/lib/python3; \
    PYTHONHASHSEED=0 python3 -m compileall -q --invalidation-mode unchecked-hash -s /rootfs /rootfs/usr/lib/python3

FROM scratch AS sandbox
COPY --from=sandbox-root /rootfs /
COPY --from=sandbox-root --chown=65531:65531 /harness /usr/lib
USER 65532:65532
ENTRYPOINT ["/usr/bin/python3", "-I", "-m", "cupel_sandbox"]

# pip runs out of its own wheel: it is needed here, and is no part of the image.
FROM root AS dependencies
COPY wheels /wheels
COPY requirements.lock /wheels/
RUN set -eu; ln -s /wheels/pip-*.whl /wheels/pip.whl; python3 -m venv --without-pip /opt/cupel; \
    python3 /wheels/pip.whl/pip --python /opt/cupel/bin/python install --quiet --no-index --no-deps --no-compile \
      --find-links /wheels --require-hashes -r /wheels/requirements.lock; \
    PYTHONHASHSEED=0 python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/cupel/lib; \
    cp -a --parents /etc/ssl /usr/lib/ssl /usr/share/ca-certificates /rootfs/; \
    find /opt/cupel -name '*.so*' -type f -exec ldd {} + > /libraries 2>&1; ! grep 'not found' /libraries; \
    grep -o '=> \(/usr\)\?/lib/[^ ]*' /libraries | cut -c 4- | sort -u | while read -r file; do mkdir -p "/rootfs$(dirname "$file")"; cp -L "$file" "/rootfs$file"; done

FROM dependencies AS operator-root
COPY own /own
RUN set -eu; \
    python3 /wheels/pip.whl/pip --python /opt/cupel/bin/python install --quiet --no-index --no-deps --no-compile \
      /own/cupel-*.whl; \
    PYTHONHASHSEED=0 python3 -m compileall -q --invalidation-mode unchecked-hash /opt/cupel/lib/python3*/site-packages/cupel; \
    cp -a --parents /opt/cupel /rootfs/

FROM scratch AS operator
COPY --from=operator-root /rootfs /
ENV PATH=/opt/cupel/bin PYTHONUNBUFFERED=1
USER 65532:65532
CMD ["cupel", "--help"]
