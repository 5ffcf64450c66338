# Completes what debootstrap has installed. Runs in the new system.

# Documentation is not installed, now and by later packages.
cat > /etc/dpkg/dpkg.cfg.d/no-documentation <<'END'
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
END
find /usr/share/doc /usr/share/info /usr/share/locale /usr/share/man -mindepth 1 ! -type d ! -name copyright -delete
find /usr/share/doc /usr/share/info /usr/share/locale /usr/share/man -mindepth 1 -type d -empty -delete

# A container runtime makes its own devices.
rm -r /dev/*

# These are the files of the machine that built it. A container runtime mounts its own.
rm -f /etc/hostname
for file in /etc/resolv.conf /etc/hosts; do
  rm -f $file
  : > $file
done
