"""The group side of the store in memory; what no rule is tested with in memory is only named."""

from typing import cast

from peersupport import ports_informal, ports_organising, ports_pages, ports_sessions
from peersupport.ports_cafe import DepartmentLines, ListMembers, TermsAccepted, Themes
from tests.rules.fake_cafe import NoList, NoTerms, NoThemes
from tests.rules.fake_informal import Nothing
from tests.rules.fake_pages import NoAnnouncements, NoInterests, NoPitches, NoReaders
from tests.rules.fake_proposals import NoProposals


class FakeGroup:
    """What the unit in memory has of it. Workflows of the group side are tested on the real SQLite instead."""

    # Sessions
    series: ports_sessions.AllSeries = cast("ports_sessions.AllSeries", Nothing())
    meeting_dates: ports_sessions.MeetingDates = cast("ports_sessions.MeetingDates", Nothing())
    registrations: ports_sessions.Registrations = cast("ports_sessions.Registrations", Nothing())
    proposals: ports_organising.Proposals = NoProposals()

    # Meetings and themes
    list_members: ListMembers = NoList()
    terms_accepted: TermsAccepted = NoTerms()
    themes: Themes = NoThemes()
    department_lines: DepartmentLines

    # The column, announcements and resources
    readers: ports_pages.Readers = NoReaders()
    pitches: ports_pages.Pitches = NoPitches()
    interests: ports_pages.Interests = NoInterests()
    announcements: ports_pages.Announcements = NoAnnouncements()
    service_entries: ports_pages.ServiceEntries = cast("ports_pages.ServiceEntries", Nothing())

    # Colleague to colleague
    listings: ports_informal.Listings = cast("ports_informal.Listings", Nothing())
    introductions: ports_informal.Introductions = cast("ports_informal.Introductions", Nothing())
    check_ins: ports_informal.CheckIns = cast("ports_informal.CheckIns", Nothing())
