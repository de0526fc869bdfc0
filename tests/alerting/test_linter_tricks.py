"""Tricks that a wording may try, a kind at a time: each is blocked for what it is, and what is like it but kind passes."""

import pytest

from ringback.alerting.linter import lint

REFERENCE = "BCDF-GHJK-MNZ"
MISSING = {"force_missing", "called_missing", "website_missing", "reference_missing"}
WORDING = (
    "Example Police: this number was called by criminals. {} Read more on the Example Police website."
    " Alert reference: BCDF-GHJK-MNZ."
)

BAD = {
    "money": """
Anything you can spare goes towards finding the rest of them.
We run on the kindness of people like you, and even a few coins help.
A small gift through our page keeps inquiries like this going.
Neighbours have clubbed together to fund this work and you are welcome to join them.
Every little helps us keep officers on this.
Would you consider sponsoring the team?
Contribute what you can on our page.
A tenner each would cover our costs.
There is a whip-round for the inquiry on our page.
If you can afford it, support the investigation with whatever you like.""",
    "scarcity": """
Room is left for forty reports, and thirty are in already.
Most of the slots have been taken.
Our team can look at only so many cases, so get in early.
We take a hundred reports and are nearly full.
Once they are gone there will be no more.
Help is going fast.
There are few places left on the list.
This page is for the first people to find it.
You will not get this chance again.
Reports are filling up, beat the queue.""",
    "visits": """
Two constables will call round on Tuesday unless you have looked at our page.
Expect a knock on Saturday if the page has not been opened.
Someone in uniform drops by on the fourth if your report is not in.
A patrol car is booked for your street unless a report comes in first.
Officers turn up on Monday at any address that has not reported.
Your case goes to the magistrate on Wednesday unless you have visited the page.
A pair of detectives stands at your gate next Thursday unless you have been in touch.
Unless this is sorted on the page by the weekend, a colleague attends in person.
Your service is withdrawn on Friday unless the page has your report.
We shall be round, unless you go to the page first.""",
    "fear": """
Your particulars are changing hands as we write.
What they heard from you is for sale.
They may be listening to you right this moment.
Your phone might be tapped.
The callers can read whatever you type.
Someone is still inside your phone.
Recordings of you are doing the rounds among criminals.
Your voice has been copied and is in use.
They have ears in your home through this handset.
All you said is being passed from hand to hand.
Criminals follow where this phone goes.""",
    "blame": """
If only you had checked who was ringing.
A little more caution on your part and none of this was needed.
You should have hung up.
Had you asked a question or two, they would have gone.
It was rather naive to stay on the line.
Let this be a lesson.
You made it easy for them.
Next time think before you speak.
Be more suspicious in future.
People who are too trusting keep them in business.
You only have yourself to blame.""",
    "secrecy": """
Keep this from your husband or wife.
This is for your eyes alone.
Not even your doctor should hear of it.
Best if your family does not find out.
Let it go no further than you.
Say nothing to those at home.
What we write stays with you.
Leave your children out of this.
Do not breathe a word at work.
It is between the two of us, ourselves and yourself.
Be discreet about it.""",
    "bank staff": """
Somebody at your branch is working with them.
The cashiers may be in on it.
Do not trust the person at the counter.
They have a man on the inside where you keep your savings.
Some tellers are on their payroll.
Branch staff are under suspicion, so avoid them.
Do not let the counter staff know why you ask.
If the branch asks why, say it is for a new kitchen.
An insider at the building society helps them.
Clerks at the till have been bribed.""",
    "codes to scan": """
Hold your phone over the chequered square on any bus shelter.
Aim your lens at the pattern on our posters.
Snap the speckled box on our leaflet and you are there.
Let your camera read the square of dots at any library.
The pixel block on the notice board takes you to our page.
Open your camera and let it see the poster at the station.
There is a barcode on our stand, wave your phone over it.
Photograph the grid of little squares on our van.""",
    "missed calls": """
You missed us this morning, so give that one a ring.
Open your recent calls and try the top one again.
Return our call from earlier.
Look in your call history and phone the last one back.
We are the last in your list of calls: press it.
Use redial to get us.
The number that came up on your phone an hour ago is ours, dial it.
Tap the missed call and we pick up.""",
    "year of birth": """
In which year did you come into the world?
Tell us how many candles were on your last cake.
How old were you at your last birthday?
Give us your star sign and year.
Answer with the two last figures of the year you were born.
Which year is on your birth certificate?
We only need to know if you were born before 1960.
When do you turn seventy?""",
    "card figures": """
The last four of the raised figures on your card will do.
Look at the plastic you pay with and note the end four.
What are the final three on the back of it?
Tell us the first six along the front of your debit card.
Say when your card runs out.
Take it from your wallet and copy out the long row.
The closing four digits on the front are enough.
We need the month and year stamped under your name on the plastic.""",
    "codes passed on": """
A number will reach you from somebody else: send it along.
You will shortly get a second text with six digits, read them out to us.
When the other text comes, forward whatever it says.
Share the numbers that arrive next.
A string of figures comes in a minute. Type it back to us.
Repeat to us what the next message says.
Copy the code that another sender gives you.
Five figures will pop up on your phone: let us have them.""",
    "income": """
What do you live on in a normal month?
How much do you bring home each week?
For our survey, is it a pension or wages?
Which benefits do you get?
Tell us about your earnings.
Do you have anything put by?
Is your household below or above the average income?
What is your take-home pay?
Do you own your home or rent?""",
    "open line": """
When we ring, stay on until we say.
An officer will ring you today. Do not hang up.
Keep the line open so that we can follow them.
Leave the receiver off the hook tonight.
Once the call begins, do not ring off for any reason.
Never put the handset down while we trace it.
A colleague phones you in a moment, stay connected.
Hold on however long it takes, or we lose them.""",
    "remote": """
Allow our engineer to look around your laptop.
Let us see what is on your monitor.
An expert can clean your phone from here.
Give our support desk the use of your mouse.
Our IT team connects to your phone to check it.
Say yes when your phone asks to let us in.
Let a specialist look at your settings from afar.
Turn on the helper so that our man can work on your computer.""",
}

GOOD = {
    "money": """
This costs you nothing.
We do not ask for money or donations, now or later.
Nobody will ask you to chip in or to pay for anything.
Reading about it is free.
We want no money from you.""",
    "scarcity": """
There is no limit on reports and no closing date.
The page stays there for good.
You can read it whenever you like.
Take as long as you want.
Many thousands of people got this text.""",
    "visits": """
No officer will knock on your door about this.
Nobody will call round.
You need do nothing unless you want to.
Nothing follows from this text.
On Friday we closed the website that they used.
Unless you wish to read more, you can delete this text.""",
    "fear": """
Nobody is listening to your phone.
Your phone has not been tapped.
Nothing you said is for sale, as far as we know.
We do not know what the callers said.
Criminals paid to show a false number.
Your phone is safe to use.""",
    "blame": """
You did nothing wrong.
You are not to blame, and it is not your fault.
Nobody thinks that you were careless.
Anybody can be called.
People of all ages picked up.""",
    "secrecy": """
This is no secret: you can show this text to anybody.
Talk about it with your family if you like.
You can tell anyone you trust.
There is no need to keep this to yourself.
Share it with somebody at home if that helps.""",
    "bank staff": """
You can talk to anybody about it.
Staff at any library or police station can show you the page.
You can trust the people around you.
We are working with other forces.""",
    "codes to scan": """
There is no code to scan.
We never ask you to point a camera at anything.
Our posters say the same as this text.
There is nothing to scan, open or download.""",
    "missed calls": """
We have not rung you and nobody will.
There is no number to ring back.
There is no need to call anybody.
You may not remember the call.""",
    "year of birth": """
We do not know how old you are and do not ask.
We never ask when you were born.
The calls were made in the years 2021 and 2022.""",
    "card figures": """
We will never ask for a card number.
Nobody needs the last four digits of a card.
Keep your PIN to yourself.""",
    "codes passed on": """
We send this one text and no codes.
Nobody will ask you to read out a code.
Never pass on a code to anybody.
No other text follows this one.""",
    "income": """
We ask nothing about your income or savings.
This is not a survey.
We do not need to know what you earn.
About ten people are sent this text each month.""",
    "open line": """
You can always hang up on a caller.
If a caller worries you, put the phone down.
Nobody from the police will ask you to stay on the line.
We will not ring you.""",
    "remote": """
Nobody needs to look at your phone.
We will never ask to see your screen.
Nothing is wrong with your phone or computer.
No technician will contact you.""",
    "own reference": """
Type in the reference BCDF-GHJK-MNZ on our alert page.
Enter your reference on our page if you like.
You can type the alert reference in on the page.
If you want to check, give your reference on our page.""",
}


def tries(kinds):
    return [(kind, said) for kind, lines in kinds.items() for said in lines.strip().splitlines()]


def judge(said, **facts):
    text = WORDING.format(said)
    if said.count(REFERENCE):
        text = text.replace(" Alert reference: BCDF-GHJK-MNZ.", "")
    told = {"force": "Example Police", "website": "the Example Police website", "reference": REFERENCE}
    return lint(text, **told, **facts)


@pytest.mark.parametrize(("kind", "said"), tries(BAD))
def test_a_trick_is_blocked_for_what_it_is(kind, said):
    assert {fault.code for fault in judge(said)} - MISSING


@pytest.mark.parametrize(("kind", "said"), tries(GOOD))
def test_what_is_like_a_trick_and_is_none_passes(kind, said):
    assert judge(said) == []
