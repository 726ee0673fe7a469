"""What customers and agents write in English. {product}, {order}, {name}, {agent}, {city} and {n} are filled in."""

GREETINGS = ("Hello,", "Hi,", "Good morning,", "Dear team,", "Hello there,", "")
CLOSINGS = (
    "Thank you,\n{name}", "Best regards,\n{name}", "Thanks in advance,\n{name}", "Regards\n{name}", "Thanks!\n{name}",
)  # fmt: skip
AGENT_GREETINGS = ("Hello {name},", "Hi {name},", "Dear {name},", "Good day {name},")
AGENT_CLOSINGS = ("Best regards,\n{agent}", "Kind regards,\n{agent}", "All the best,\n{agent}")
AUTO = "Thank you for your message. We have received it and a colleague will answer as soon as possible."
NUDGES = (
    "Is there any news on this? We are still waiting.",
    "I have not heard anything yet. Could somebody please have a look?",
    "Just checking whether my message reached you. It is getting urgent on our side.",
)
THANKS = (
    "That did it, thank you!", "Great, works again. Thanks for the quick help.", "Perfect, thank you very much.",
    "Thanks, that answers my question.", "All good now. You can close this.",
)  # fmt: skip
SORRY = (
    "I am sorry for the wait.", "Apologies that this took longer than it should have.", "Thank you for your patience.",
)  # fmt: skip
WORKING = (
    "Thank you for the report. I am looking into it and will come back to you shortly.",
    "I have taken this over and am checking it with my colleagues. You will hear from me.",
    "Thanks for letting us know. I need to look this up and will write again as soon as I know more.",
)
# by service type; "" for the others
HOLD_NOTES = {
    "repair": ("Asked the manufacturer, they answer within two days.", "Spare part ordered, expected this week."),
    "delivery": ("Waiting for the carrier's investigation.", "Carrier searches its depot, answer by tomorrow."),
    "": ("Asked accounting, they are checking.", "Waiting for the product manager's answer."),
}
NOTES = {
    "repair": ("Serial number is within warranty.", "Same fault as in another ticket this week: last firmware?"),
    "": (
        "Second time this customer asks about it. Check whether our instructions are clear.",
        "Spoke on the phone, customer is friendly but under time pressure.",
        "Please handle with care: contract renewal coming up.",
    ),
}

PRAISE = (
    "Quick and friendly, thank you.", "Solved within the hour. Excellent.", "Very competent support.",
    "Clear answer, no fuss.", "Always a pleasure.",
)  # fmt: skip
MEH = ("It works now, but it took a while.", "Fine in the end.", "Had to explain the problem twice.")
SCOLD = (
    "Waited far too long for an answer.", "Nobody felt responsible.", "The problem came back after two days.",
    "Disappointing. We used to get better service from you.",
)  # fmt: skip
REVIEW_GOOD = (
    "Arrived on time, well packed.",
    "Exactly what we needed.",
    "Solid device, easy to set up.",
    "Good value.",
)
REVIEW_MEH = ("Does its job.", "Product fine, delivery slow.", "Packaging was damaged, content all right.")
REVIEW_BAD = ("Came much later than promised.", "Not what the description said.", "Stopped working after a few days.")

# topic -> part -> what may be said there
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "setup": {
        "subjects": ("How do I set up the {product}?", "{product}: connecting to our system", "Setting up {product}"),
        "openings": (
            "we bought a {product} and cannot get it to talk to our till software.",
            "our new {product} does not show up on the network.",
            "I am trying to set up the {product} and am stuck at the second step of the manual.",
            "could you tell me which driver the {product} needs on Windows 11?",
        ),
        "details": (
            "We have {n} of them to install this week.",
            "The cable is fine, I tried another one.",
            "Our IT says no port is blocked.",
            "",
        ),
        "asks": (
            "Which firmware does it show on the start page, and is it connected by cable or by Wi-Fi?",
            "Could you send me the serial number and a screenshot of the error, please?",
        ),
        "answers": (
            "It says 4.2.1 and it is on Wi-Fi.",
            "The serial number is on the photo; it is connected by cable.",
        ),
        "solutions": (
            "Please hold the feed key for five seconds and choose 'Reset network'. The setup finds it then.",
            "This is fixed in firmware 4.3. I have put the download and a one-page guide on your portal.",
            "The host address has to end with the port, :9100. With that it connects.",
        ),
        "reopened": (
            "It worked for two days, now it has lost the connection again.",
            "The second device does not accept the new firmware.",
        ),
    },
    "advice": {
        "subjects": ("Which model fits?", "Question about the {product}", "Consumables for {product}"),
        "openings": (
            "we are thinking of replacing our old devices by the {product}. Is it suited for cold rooms?",
            "which labels can the {product} take at most?",
            "can the {product} be used with gloves, and how long does the battery last in practice?",
            "does the {product} work with the accessories that we already have?",
        ),
        "details": (
            "It is for our site in {city}.",
            "We would need about {n} of them.",
            "No hurry, but before month end.",
        ),
        "asks": (
            "How many items do you handle a day, roughly, and at what temperature?",
            "Which accessories do you have at present? The model number on the back is enough.",
        ),
        "answers": ("Around 800 a day, mostly at 4 degrees.", "It is the older cradle, model from 2021."),
        "solutions": (
            "Yes, it is rated for that; I attach the data sheet with the figures.",
            "For your amount I would take the next larger model: it costs a little more but lasts twice as long.",
            "It works with all accessories since 2020, so you can keep yours.",
        ),
        "reopened": ("One more question about this: does that also hold for the wireless version?",),
    },
    "broken": {
        "subjects": ("{product} does not switch on", "{product} is dead", "Defect: {product} from order {order}"),
        "openings": (
            "our {product} has not switched on since this morning.",
            "the {product} from order {order} turns itself off after a few minutes.",
            "the display of our {product} stays black, although the lamp is green.",
            "one of our {product} units beeps three times and then nothing happens.",
        ),
        "details": (
            "We cannot work without it.",
            "It is eight months old.",
            "Another power supply makes no difference.",
            "Our branch in {city} stands still because of it.",
        ),
        "asks": (
            "Could you give me the serial number on the bottom, so that I can check the warranty?",
            "Does the lamp blink when you hold the power key for ten seconds?",
        ),
        "answers": ("The number is {n}4-77{n}10.", "It blinks red twice, then it goes out."),
        "solutions": (
            "This is covered by warranty. A replacement is on its way; please use its box to send the old one back.",
            "Our workshop replaced the mainboard, tested it for a day and has sent it back to you.",
            "The battery pack was faulty. A new one has been sent by express.",
        ),
        "reopened": (
            "The repaired device shows the same fault again.",
            "The replacement arrived, but it does not start.",
        ),
    },
    "wrong": {
        "subjects": (
            "{product} gives wrong results",
            "Quality problem with the {product}",
            "{product}: errors since update",
        ),
        "openings": (
            "the {product} gives different results each time for the same item.",
            "since the last update the {product} misses about one in ten.",
            "our {product} has become very slow and freezes several times a day.",
            "the {product} reports a paper jam, but there is none.",
        ),
        "details": (
            "It started on Monday.",
            "Our auditor will be here soon, so this matters.",
            "Cleaning did not help.",
            "It happens on {n} of our devices.",
        ),
        "asks": (
            "When was it last calibrated or cleaned, and could you send the log file from the service menu?",
            "Does it also happen after a reset to factory settings?",
        ),
        "answers": ("It was last serviced in spring. The log is attached.", "Yes, also after the reset."),
        "solutions": (
            "The log shows a worn sensor. A technician will change it free of charge on the next working day.",
            "Please set 'fast mode' to off: the last update turned it on by mistake. A correction is coming.",
            "I have calibrated it from here together with your colleague; the results are within tolerance now.",
        ),
        "reopened": ("The results are off again since yesterday.", "Unfortunately it still freezes."),
    },
    "late": {
        "subjects": ("Where is order {order}?", "Delivery of order {order}", "Order {order} has not arrived"),
        "openings": (
            "our order {order} should have been here by now.",
            "could you tell me when order {order} will arrive?",
            "the tracking of order {order} has not moved for days.",
            "order {order} was promised for this week, but nothing has come.",
        ),
        "details": (
            "We planned the installation for Thursday.",
            "Somebody has to be there to accept it.",
            "Our customers in {city} are waiting for it.",
            "",
        ),
        "asks": (
            "Could you confirm the delivery address, please? The carrier noted 'recipient not found'.",
            "May we deliver it in two parts? One item is still at the factory.",
        ),
        "answers": ("The address is right, but the entrance is at the back.", "Yes, two parts are fine."),
        "solutions": (
            "The parcel was stuck in the depot. It goes out today and will be with you tomorrow before noon.",
            "I have sent a second shipment by express; please refuse the first one should it still turn up.",
            "It has been delivered this morning and signed for at your reception.",
        ),
        "reopened": ("It did not come yesterday either.", "Only one of the two parcels has arrived."),
    },
    "damaged": {
        "subjects": ("Damaged goods in order {order}", "Order {order} incomplete", "Complaint about order {order}"),
        "openings": (
            "the box of order {order} arrived crushed and the {product} has a crack.",
            "in order {order} the {product} is missing, although it is on the delivery note.",
            "you sent us the wrong model with order {order}. We ordered the {product}.",
            "the {product} from order {order} was clearly used before.",
        ),
        "details": (
            "Photos are attached.",
            "This is the second time.",
            "We need it for our site in {city}.",
            "I expect a quick replacement.",
        ),
        "asks": (
            "Could you please send a photo of the box and of the label on it? The carrier wants to see them.",
            "Do you want a replacement or the money back?",
        ),
        "answers": ("Here are the photos.", "A replacement, please, and quickly."),
        "solutions": (
            "A replacement left our warehouse today. You may dispose of the damaged one.",
            "I have credited the amount in full; you will see it on the next statement.",
            "The missing item was found in our warehouse and has been sent to you free of charge.",
        ),
        "reopened": ("The replacement is damaged as well.", "The credit note has not come."),
    },
    "invoice": {
        "subjects": ("Invoice for order {order}", "Wrong amount on the invoice for {order}", "Billing address"),
        "openings": (
            "the invoice for order {order} shows the full list price instead of our agreed one.",
            "please change the billing address on the invoice for order {order}.",
            "we were charged twice for order {order}.",
            "our purchase number is missing on the invoice for order {order}, so it cannot be paid.",
        ),
        "details": (
            "Our accounts close on Friday.",
            "The difference is {n}0.",
            "It was right on all invoices before.",
            "",
        ),
        "asks": (
            "Which purchase number should be on it?",
            "Could you send me the bank statement line, without other entries?",
        ),
        "answers": ("It is PO-77{n}.", "Attached, the two bookings are marked."),
        "solutions": (
            "You are right. The corrected invoice is in your portal and replaces the old one.",
            "The second charge has been returned to your account today.",
            "I have changed it and noted it for all future invoices.",
        ),
        "reopened": ("The new invoice has the old address again.", "The money has not arrived."),
    },
    "return": {
        "subjects": ("Return of {product}", "We ordered the wrong model", "Sending back order {order}"),
        "openings": (
            "we ordered one {product} too many and would like to send it back.",
            "the {product} does not fit our counters. Can we return it?",
            "I would like to exchange the {product} from order {order} for the larger one.",
        ),
        "details": ("It is unopened.", "It was only taken out of the box.", "We are glad to pay the postage.", ""),
        "asks": ("Is the packaging still complete? Then it is easy.", "Which model would you like instead?"),
        "answers": ("Yes, everything is there.", "The next larger one, please."),
        "solutions": (
            "No problem. The return label is attached; we credit the amount as soon as it is here.",
            "The exchange is on its way, and you need not wait for us to receive the old one.",
        ),
        "reopened": ("We sent it back three weeks ago and have seen no credit.",),
    },
    "offer": {
        "subjects": ("Offer for {n} × {product}", "Price for {product}", "Renewal of our service contract"),
        "openings": (
            "please send us an offer for {n} units of the {product}.",
            "what would {n} {product} cost, including installation in {city}?",
            "we are opening a new site in {city} and need the usual equipment, about {n} units of the {product}.",
        ),
        "details": ("We need it for our budget by the end of next week.", "Delivery could be in two steps.", ""),
        "asks": ("Do you need training for your staff as well?", "When should it be delivered, at the latest?"),
        "answers": ("Yes, half a day would be good.", "By the end of the quarter."),
        "solutions": (
            "The offer is in your portal. It is valid for thirty days.",
            "I have worked it out with a quantity discount; see the attachment. I am glad to go through it with you.",
        ),
        "reopened": ("Could you change the number to {n} and send it again?",),
    },
}
