"""Protocol of what a unit of work has beside requests: sessions, meetings, pages, and colleagues among themselves."""

from __future__ import annotations

from typing import Protocol

from peersupport import ports_informal, ports_organising, ports_pages, ports_sessions
from peersupport.ports_cafe import DepartmentLines, ListMembers, TermsAccepted, Themes


class GroupRepositories(Protocol):
    """The repositories of the group side; a unit of work has them all."""

    # Sessions

    @property
    def series(self) -> ports_sessions.AllSeries:
        """Sessions, courses and meetings as their organisers keep them."""

    @property
    def meeting_dates(self) -> ports_sessions.MeetingDates:
        """What is kept of single dates."""

    @property
    def registrations(self) -> ports_sessions.Registrations:
        """Who has a place, waits for one, or had one."""

    @property
    def proposals(self) -> ports_organising.Proposals:
        """Offers to present a date."""

    # Meetings and themes
    list_members: ListMembers
    terms_accepted: TermsAccepted
    themes: Themes
    department_lines: DepartmentLines

    # The column, announcements and resources

    @property
    def readers(self) -> ports_pages.Readers:
        """Who gets a monthly note."""

    @property
    def pitches(self) -> ports_pages.Pitches:
        """Ideas for the column."""

    @property
    def interests(self) -> ports_pages.Interests:
        """Who would come to what is only thought of."""

    @property
    def announcements(self) -> ports_pages.Announcements:
        """What was made public."""

    @property
    def service_entries(self) -> ports_pages.ServiceEntries:
        """The lists of other services, as far as they are kept in the app."""

    # Colleague to colleague
    @property
    def listings(self) -> ports_informal.Listings:
        """Who is glad to be asked."""

    @property
    def introductions(self) -> ports_informal.Introductions:
        """Two who may talk to each other, for a day."""

    @property
    def check_ins(self) -> ports_informal.CheckIns:
        """Reminders to check in with somebody."""
