#!/bin/sh
# Runs test binaries in an emulated machine that has protection keys, for the days when the real one has none.
#
#   crates/shm/tests/pkey-vm.sh 'COMMANDS' BINARY…
#
# Each binary is found in the guest as /t/NAME, without the hash that cargo appends. For example:
#
#   cargo test -p phalanx-shm --no-run
#   crates/shm/tests/pkey-vm.sh '/t/faults; /t/sharing' target/debug/deps/faults-0123… target/debug/deps/sharing-0123…
#
# Needs qemu-system-x86_64, a static busybox, cpio and a kernel that root may read. QEMU, BUSYBOX, KERNEL and CPIO name them if they
# are not where Debian has them; QEMUFLAGS adds flags. The emulation is slow (some fifty times), so its times mean nothing.
set -eu
qemu=${QEMU:-qemu-system-x86_64}
busybox=${BUSYBOX:-/bin/busybox}
kernel=${KERNEL:-/boot/vmlinuz-$(uname -r)}
cpio=${CPIO:-cpio}
commands=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/root/bin "$work"/root/proc "$work"/root/dev "$work"/root/tmp "$work"/root/sys "$work"/root/t
cp "$busybox" "$work/root/bin/busybox"
for tool in sh mount true cat grep echo poweroff sleep; do ln -s busybox "$work/root/bin/$tool"; done
for binary in "$@"; do
    cp "$binary" "$work/root/t/$(basename "$binary" | sed 's/-[0-9a-f]*$//')"
    ldd "$binary" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$work/root$(dirname "$library")"
        cp -L "$library" "$work/root$library"
    done
done
cat > "$work/root/init" <<EOF
#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
grep -q -w ospke /proc/cpuinfo || echo "NO PROTECTION KEYS"
cd /tmp
$commands
poweroff -f
EOF
chmod +x "$work/root/init"
(cd "$work/root" && find . | "$cpio" -o -H newc --quiet | gzip -1) > "$work/initrd.gz"
# shellcheck disable=SC2086
"$qemu" -cpu max -accel tcg,thread=multi -smp 2 -m 2048 -kernel "$kernel" -initrd "$work/initrd.gz" \
    -append "console=ttyS0 quiet panic=-1" -nographic -no-reboot -net none ${QEMUFLAGS:-}
