"""The articles of the demo company in English, by address: title and Markdown."""

ARTICLES: dict[str, tuple[str, str]] = {
    "connect-a-device-to-your-network": (
        "Connect a device to your network",
        """\
You set up a scanner, printer or till once; afterwards it finds your network by itself.

1. Hold the **feed key** for five seconds until the lamp blinks blue.
2. Choose *Network* and then your Wi-Fi, or plug in the network cable.
3. Enter the address of your till software. It ends with the port: `192.168.1.20:9100`.
4. Print the start page. Its last line says **connected**.

## If it does not show up

- Install the driver for Windows 11 from the folder `Driver` on the device itself.
- Ask your IT whether port 9100 is open.
- Firmware older than 4.3 loses the connection at night: [update it](/help/update-the-firmware/).
""",
    ),
    "update-the-firmware": (
        "Update the firmware",
        """\
An update takes about ten minutes. Settings stay as they are.

1. Look at the start page for the version that is installed.
2. Copy the file `update.bin` to an empty USB stick and plug it in.
3. Switch the device on while you hold the power key, until the lamp is orange.

**Never cut the power while the lamp is orange.** When it is green, the update is done.

> Since firmware 4.3 the mode *Fast read* can be switched off. If a scanner misses labels after an update, switch
> it off first.
""",
    ),
    "device-does-not-switch-on": (
        "A device does not switch on",
        """\
Three checks solve this in most cases.

1. Hold the power key for **ten seconds**. A lamp that blinks red twice means that the battery is empty or faulty.
2. Try another socket and, if you have one, another power supply.
3. Take the battery out for a minute and put it back.

## It is still dead, or beeps three times

Then it needs our workshop. Write to us with the **serial number**, which is on the plate at the bottom; a photo is
fine. Within the warranty of two years the repair costs nothing, and with *Care On-site* a technician comes to you
on the next working day.
""",
    ),
    "scale-shows-wrong-weight": (
        "A scale shows a wrong weight",
        """\
A scale that differs from one weighing to the next usually stands badly.

- Put it on a firm, level table: the bubble belongs in the middle of the circle.
- Keep it away from draughts and from vibrating machines.
- Let it warm up for 15 minutes, then press **Zero**.

| Model | Calibrate every | With a weight of |
|---|---|---|
| Libra 6 kg, 15 kg | 12 months | 5 kg |
| Libra 60 kg | 12 months | 20 kg |
| Libra Lab | 6 months | 200 g |

Where you sell by weight, the calibration must be done by an authorised body. We come to you for it: ask for
*Calibration of a scale*.
""",
    ),
    "where-is-my-order": (
        "Where is my order?",
        """\
We send what is in stock on the same working day if you order before 14:00. It takes one to three working days to
arrive; pallets take up to five.

- The **tracking link** is in the mail that we send when the parcel leaves.
- If the tracking has not moved for two working days, the parcel hangs in a depot. Tell us the order number: we ask
  the carrier, and send a second one by express if needed.
- Nobody there when the carrier came? They try once more, then the parcel waits at the depot for a week.

To change the address or the date, write to us before the parcel leaves.
""",
    ),
    "delivery-damaged-or-incomplete": (
        "A delivery is damaged, wrong or incomplete",
        """\
We are sorry, and put it right.

1. Keep the box, and **take photos** of it, of the label and of the damage.
2. Count the parcels: a delivery note with two numbers came in two parcels, often on two days.
3. Write to us within **seven days** with the order number and the photos.

We send a replacement at once; you need not wait until we have the damaged one back. A return label comes with our
answer.
""",
    ),
    "get-a-copy-of-an-invoice": (
        "Get a copy of an invoice, or have it corrected",
        """\
Invoices go to the billing address on record on the day on which the goods leave.

- **A copy:** tell us the order number or the month. It comes as a PDF.
- **A wrong address or VAT number:** we cancel the invoice and write a new one. Send us the right data before the
  end of the quarter.
- **An amount that you do not understand:** service contracts are invoiced for a year in advance. Each line names
  the contract.

Payment is due within 30 days. If you need longer, ask before the date, not after it.
""",
    ),
    "return-a-product": (
        "Return a product",
        """\
You may return what you bought within **30 days**, unused and in its box. Opened labels, rolls and ribbons cannot be
taken back.

1. Write to us with the order number and what you send back. You get a return number and a label.
2. Put the return number on the **outside** of the box.
3. Hand it to the carrier within 14 days.

We check it within three working days. The money goes back the way it came, usually within a week.
""",
    ),
    "check-the-warranty": (
        "Check the warranty of a device",
        """\
For colleagues alone.

1. The first digit of the serial number is the half-year of production, the next two are the year.
2. Warranty is two years from the **delivery**, not from production: look at the order.
3. *Care Plus* makes it three years, *Care On-site* five.

Goodwill up to 100 € after the warranty: decide yourself, and put it into “Goodwill, amount”. Above that, ask your
lead.
""",
    ),
}
