# Makes a recording of umockdev-record small: keeps what a scan reads and what libusb, hidapi
# and lsusb need, leaves out counters, queues, power and times, which differ in every run.

/^(P|N|S): / { print; next }
/^$/ { print; next }
/^E: USEC_INITIALIZED=/ { next }
/^E: / { print; next }

/^[AHL]: / {
  name = substr($0, 4, index($0, "=") - 4)
  if (name ~ /^(id(Vendor|Product)|bcdDevice|version|manufacturer|product|serial|speed|bMaxPower|authorized)$/ ||
      name ~ /^(bDevice(Class|SubClass|Protocol)|bNum(Configurations|Interfaces|Endpoints)|bConfigurationValue)$/ ||
      name ~ /^(bInterface(Number|Class|SubClass|Protocol)|bAlternateSetting|busnum|devnum|devpath|maxchild|descriptors)$/ ||
      name ~ /^(dev|driver|type|vendor|model|rev|scsi_level|inquiry|vpd_pg(0|80|83)|size|ro|removable|report_descriptor)$/)
    print
}
